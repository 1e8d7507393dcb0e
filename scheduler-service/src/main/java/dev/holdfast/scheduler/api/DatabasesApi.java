package dev.holdfast.scheduler.api;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.fire.FireSchedules;
import dev.holdfast.service.config.HoldfastConfig;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/v1/databases}: what is protected, and "run now". */
@RestController
@RequestMapping(path = "/api/v1/databases", produces = MediaType.APPLICATION_JSON_VALUE)
class DatabasesApi {

    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,128}");

    private final HoldfastConfig config;
    private final Catalog catalog;
    private final FireSchedules schedules;
    private final RunNow runNow;
    private final Clock clock;

    DatabasesApi(HoldfastConfig config, Catalog catalog, FireSchedules schedules, RunNow runNow, Clock clock) {
        this.config = config;
        this.catalog = catalog;
        this.schedules = schedules;
        this.runNow = runNow;
        this.clock = clock;
    }

    /** Where to look for what becomes of it. */
    record Requested(String backupId, String run) {
    }

    @GetMapping
    List<DatabaseStatus> databases() {
        return config.databases().values().stream().map(this::status).toList();
    }

    @GetMapping("/{alias}")
    DatabaseStatus database(@PathVariable String alias) {
        return status(known(alias));
    }

    @PostMapping(path = "/{alias}/backups", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<Requested> backup(@PathVariable String alias, @RequestBody Asked asked,
            @RequestHeader(name = "Idempotency-Key", required = false) String key, HttpServletRequest call) {
        HoldfastConfig.Database database = known(alias);
        if (key != null && !KEY.matcher(key).matches()) {
            throw new HoldfastException(FailureKind.PERMANENT, "bad-request", "the Idempotency-Key is not accepted",
                    "send 1 to 128 printable ASCII characters without spaces, for example a UUID");
        }
        String id = runNow.request(database, Optional.ofNullable(key), asked.requester(call), asked.reason("run now"));
        String run = "/api/v1/runs/" + id;
        return ResponseEntity.accepted().location(URI.create(run)).body(new Requested(id, run));
    }

    private HoldfastConfig.Database known(String alias) {
        HoldfastConfig.Database database = config.databases().get(alias);
        if (database == null) {
            throw new HoldfastException(FailureKind.PERMANENT, "unknown-database", "no database has the alias '" + alias + "'",
                    "use one of " + config.databases().keySet().stream().sorted().toList() + ", or add it to holdfast.yml");
        }
        return database;
    }

    private DatabaseStatus status(HoldfastConfig.Database database) {
        List<CatalogEntry> stored = catalog.entries(database.alias()).stream().filter(Catalog::isStored).toList();
        return new DatabaseStatus(database.alias(), database.cron().orElse(null), database.zone().getId(),
                schedules.next(database.alias(), clock.instant()).orElse(null), database.repositories(),
                stored.stream().findFirst().orElse(null),
                stored.stream().filter(entry -> entry.state().equals("verified")).findFirst().orElse(null));
    }
}
