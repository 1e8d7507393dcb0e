package dev.holdfast.scheduler.api;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;
import tools.jackson.databind.json.JsonMapper;

/** Every failure as RFC 9457 problem details, with Holdfast's code and the caller's next step. */
@RestControllerAdvice
class Problems extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private final JsonMapper json;

    Problems(JsonMapper json) {
        this.json = json;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> failed(HoldfastException e) {
        HttpStatus status = switch (e.code()) {
            case "unknown-database", "unknown-backup", "unknown-run" -> HttpStatus.NOT_FOUND;
            case "run-ended", "run-not-failed", "run-not-repeatable", "run-still-held", "not-paused" -> HttpStatus.CONFLICT;
            case "bad-request" -> HttpStatus.BAD_REQUEST;
            default -> e.kind() == FailureKind.RETRIABLE ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.INTERNAL_SERVER_ERROR;
        };
        if (status.is5xxServerError()) {
            LOG.warn("answering {}: {}", status.value(), e.getMessage());
        }
        return answer(problem(status, e.code(), e.getMessage(), e.nextStep()));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unexpected(RuntimeException e) {
        LOG.error("a request failed for an unforeseen reason", e);
        return answer(problem(HttpStatus.INTERNAL_SERVER_ERROR, "bug", "the request failed for an unforeseen reason",
                "the scheduler's log tells more; report this"));
    }

    /** For a filter, which no advice covers. */
    void write(HttpServletResponse response, int status, String code, String detail, String nextStep) throws IOException {
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(problem(HttpStatusCode.valueOf(status), code, detail, nextStep)));
    }

    private static ResponseEntity<ProblemDetail> answer(ProblemDetail problem) {
        return ResponseEntity.status(problem.getStatus()).contentType(MediaType.APPLICATION_PROBLEM_JSON).body(problem);
    }

    private static ProblemDetail problem(HttpStatusCode status, String code, String detail, String nextStep) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("urn:holdfast:problem:" + code));
        problem.setProperty("code", code);
        problem.setProperty("nextStep", nextStep);
        return problem;
    }
}
