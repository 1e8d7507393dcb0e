package dev.holdfast.scheduler.api;

import dev.holdfast.events.CatalogEntry;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.scheduler.catalog.Catalog;
import dev.holdfast.scheduler.catalog.Run;
import dev.holdfast.scheduler.catalog.Runs;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /api/v1/backups} and {@code /api/v1/runs}, newest first. */
@RestController
@RequestMapping(path = "/api/v1", produces = MediaType.APPLICATION_JSON_VALUE)
class BackupsApi {

    private final Catalog catalog;
    private final Runs runs;

    BackupsApi(Catalog catalog, Runs runs) {
        this.catalog = catalog;
        this.runs = runs;
    }

    @GetMapping("/backups")
    List<CatalogEntry> backups(@RequestParam(required = false) String database) {
        return database == null ? catalog.entries() : catalog.entries(database);
    }

    @GetMapping("/backups/{id}")
    CatalogEntry backup(@PathVariable String id) {
        return catalog.find(id).orElseThrow(() -> unknown("unknown-backup", "backup", id, "GET /api/v1/backups lists them"));
    }

    @GetMapping("/runs")
    List<Run> runs(@RequestParam(required = false) String database, @RequestParam(required = false) String state) {
        return runs.list(database, state);
    }

    @GetMapping("/runs/{id}")
    Run run(@PathVariable String id) {
        return runs.find(id).orElseThrow(() -> unknown("unknown-run", "run", id,
                "a request shows here once the log has it; GET /api/v1/runs lists them"));
    }

    private static HoldfastException unknown(String code, String what, String id, String nextStep) {
        return new HoldfastException(FailureKind.PERMANENT, code, "no " + what + " is known by the id '" + id + "'", nextStep);
    }
}
