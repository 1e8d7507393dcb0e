package dev.holdfast.scheduler.api;

import dev.holdfast.scheduler.status.ReadStatus;
import dev.holdfast.scheduler.status.Reason;
import dev.holdfast.scheduler.status.Standing;
import dev.holdfast.scheduler.status.Status;
import java.time.Clock;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/v1/status}: what {@code holdfast status --json} says, as this instance sees it. */
@RestController
@RequestMapping(path = "/api/v1/status", produces = MediaType.APPLICATION_JSON_VALUE)
class StatusApi {

    private static final Reason NOT_READ = new Reason(Standing.unsafe, "this scheduler has not read all of the log yet",
            "ask again in a moment; without a broker nothing is asked for, made or proven");

    private final ReadStatus status;
    private final BooleanSupplier current;
    private final Clock clock;

    StatusApi(ReadStatus status, BooleanSupplier current, Clock clock) {
        this.status = status;
        this.current = current;
        this.clock = clock;
    }

    @GetMapping
    Status status() {
        boolean whole = current.getAsBoolean();
        return status.read(clock.instant(), whole ? List.of() : List.of(NOT_READ), whole);
    }
}
