package dev.holdfast.scheduler.api;

import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.events.Topics;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.scheduler.control.ControlRuns;
import dev.holdfast.scheduler.control.PauseActivities;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.messaging.EventPublisher;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Clock;
import java.util.function.BooleanSupplier;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Cancel, retry, pause and resume. Each answer means that the broker has the event; what follows is told by runs and status. */
@RestController
@RequestMapping(path = "/api/v1", consumes = MediaType.APPLICATION_JSON_VALUE, produces = MediaType.APPLICATION_JSON_VALUE)
class ControlApi {

    private final ControlRuns runs;
    private final PauseActivities pauses;
    private final BooleanSupplier current;
    private final EventPublisher publisher;
    private final ServiceIdentity identity;
    private final Clock clock;

    /** @param current whether the views that the answers come from are */
    ControlApi(ControlRuns runs, PauseActivities pauses, BooleanSupplier current, EventPublisher publisher, ServiceIdentity identity,
            Clock clock) {
        this.runs = runs;
        this.pauses = pauses;
        this.current = current;
        this.publisher = publisher;
        this.identity = identity;
        this.clock = clock;
    }

    /** Where to look for what becomes of it. */
    record Followed(String run, int attempt) {
    }

    /** The body for what may be about one database or all. */
    record AskedOfPruning(String requester, String reason, String database) {

        Asked asked() {
            return new Asked(requester, reason);
        }
    }

    @PostMapping("/runs/{id}/cancel")
    ResponseEntity<Followed> cancel(@PathVariable String id, @RequestBody Asked asked, HttpServletRequest call) {
        requireCurrent();
        for (RunCancelling wish : runs.cancel(id, asked.requester(call), asked.requiredReason())) {
            tell(wish);
        }
        return followed(id, 0);
    }

    @PostMapping("/runs/{id}/retry")
    ResponseEntity<Followed> retry(@PathVariable String id, @RequestBody Asked asked, HttpServletRequest call) {
        requireCurrent();
        Event<? extends Payload> request = runs.retry(id, asked.requester(call), asked.reason("tried again by hand"), clock.instant());
        publisher.publish(request.type().topic(), request);
        return followed(id, ControlRuns.attempt(request));
    }

    @PostMapping("/databases/{alias}/pause")
    Payload pause(@PathVariable String alias, @RequestBody Asked asked, HttpServletRequest call) {
        return pause(alias, PauseActivities.BACKUP, asked, call);
    }

    @PostMapping("/databases/pause")
    Payload pauseAll(@RequestBody Asked asked, HttpServletRequest call) {
        return pause(null, PauseActivities.BACKUP, asked, call);
    }

    @PostMapping("/prune/pause")
    Payload pausePruning(@RequestBody AskedOfPruning body, HttpServletRequest call) {
        return pause(body.database(), PauseActivities.PRUNE, body.asked(), call);
    }

    @PostMapping("/databases/{alias}/resume")
    Payload resume(@PathVariable String alias, @RequestBody Asked asked, HttpServletRequest call) {
        return resume(alias, PauseActivities.BACKUP, asked, call);
    }

    @PostMapping("/databases/resume")
    Payload resumeAll(@RequestBody Asked asked, HttpServletRequest call) {
        return resume(null, PauseActivities.BACKUP, asked, call);
    }

    @PostMapping("/prune/resume")
    Payload resumePruning(@RequestBody AskedOfPruning body, HttpServletRequest call) {
        return resume(body.database(), PauseActivities.PRUNE, body.asked(), call);
    }

    private Payload pause(String database, String activity, Asked asked, HttpServletRequest call) {
        requireCurrent();
        return tell(pauses.pause(database, activity, asked.requester(call), asked.requiredReason()));
    }

    private Payload resume(String database, String activity, Asked asked, HttpServletRequest call) {
        requireCurrent();
        return tell(pauses.resume(database, activity, asked.requester(call), asked.reason("resumed")));
    }

    private Payload tell(Payload said) {
        publisher.publish(Topics.EVENTS, Event.of(identity.source(), clock.instant(), said).withInstance(identity.instance()));
        return said;
    }

    private static ResponseEntity<Followed> followed(String id, int attempt) {
        String run = "/api/v1/runs/" + id;
        return ResponseEntity.accepted().location(URI.create(run)).body(new Followed(run, attempt));
    }

    private void requireCurrent() {
        if (!current.getAsBoolean()) {
            throw new HoldfastException(FailureKind.RETRIABLE, "view-not-current",
                    "the scheduler has not read all of the log yet", "ask again in a moment; see its readiness");
        }
    }
}
