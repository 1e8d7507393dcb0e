package dev.holdfast.worker.backup;

import dev.holdfast.events.BackupStarted;
import dev.holdfast.events.Event;
import dev.holdfast.events.Payload;
import dev.holdfast.events.RunCancelling;
import dev.holdfast.failure.HoldfastException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/** The claims that this worker holds, for what the log says of them. A claim whose job is never started is forgotten with it. */
final class LiveRuns {

    private final Set<LiveRun> live = Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

    /** Identity is what tells two claims of one attempt apart. */
    static final class LiveRun {

        private final Run run;
        private final RunControl control;

        private LiveRun(Run run, RunControl control) {
            this.run = run;
            this.control = control;
        }

        Run run() {
            return run;
        }

        RunControl control() {
            return control;
        }
    }

    LiveRun add(Run run, RunControl control) {
        LiveRun added = new LiveRun(run, control);
        live.add(added);
        return added;
    }

    void remove(LiveRun ended) {
        live.remove(ended);
    }

    void heard(Event<? extends Payload> event) {
        if (event.data() instanceof BackupStarted started) {
            of(started.database(), started.backupId()).stream().filter(claim -> claim.run.attempt() < started.attempt())
                    .forEach(claim -> claim.control.supersede(started.attempt()));
        } else if (event.data() instanceof RunCancelling wanted && wanted.activity().equals("backup")) {
            of(wanted.database(), wanted.runId()).forEach(claim -> claim.control.cancel(wanted));
        }
    }

    void cancelAll(HoldfastException why) {
        all().forEach(claim -> claim.control.cancel(why));
    }

    private List<LiveRun> of(String alias, String backupId) {
        return all().stream().filter(claim -> claim.run.alias().equals(alias) && claim.run.id().toString().equals(backupId)).toList();
    }

    private List<LiveRun> all() {
        synchronized (live) {
            return new ArrayList<>(live);
        }
    }
}
