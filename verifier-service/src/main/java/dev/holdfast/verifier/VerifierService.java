package dev.holdfast.verifier;

import dev.holdfast.events.Topics;
import dev.holdfast.events.VerificationRequested;
import dev.holdfast.postgres.program.PostgresTools;
import dev.holdfast.postgres.scratch.ScratchSizing;
import dev.holdfast.repository.crypto.SecretKeys;
import dev.holdfast.service.HoldfastService;
import dev.holdfast.service.ServiceIdentity;
import dev.holdfast.service.config.HoldfastConfig;
import dev.holdfast.service.config.Secrets;
import dev.holdfast.service.messaging.EventPublisher;
import dev.holdfast.service.messaging.LogFollower;
import dev.holdfast.service.messaging.LogFollowers;
import dev.holdfast.service.messaging.Pulse;
import dev.holdfast.service.messaging.ShareGroups;
import dev.holdfast.service.messaging.WorkQueue;
import dev.holdfast.service.messaging.WorkQueues;
import dev.holdfast.service.metrics.BackupMetrics;
import dev.holdfast.service.repositories.Repositories;
import dev.holdfast.service.schedule.NextTry;
import dev.holdfast.verifier.intake.ManifestConflicts;
import dev.holdfast.verifier.intake.QueueVerifications;
import dev.holdfast.verifier.intake.Sweeping;
import dev.holdfast.verifier.prove.ProveBackup;
import dev.holdfast.verifier.prove.ProverSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;

/** Proves: takes in what was backed up, restores it, compares, and says what was found. */
@Configuration(proxyBeanMethods = false)
public class VerifierService {

    /** The share group of all provers, and the consumer group of their intake. */
    static final String GROUP = ShareGroups.VERIFIERS;

    public static void main(String[] args) {
        HoldfastService.launch(VerifierService.class, "verifier-service", args);
    }

    /**
     * A prover for this configuration, also without Kafka. Secret keys are read when the first encrypted backup needs them.
     *
     * @param atOnce how many proofs share the machine
     */
    public static ProveBackup prover(HoldfastConfig config, Secrets secrets, String verifier, Clock clock, int atOnce) {
        HoldfastConfig.Verifier settings = config.verifier();
        return new ProveBackup(new ProverSettings(verifier, settings.scratch(), settings.scratchUser(),
                PostgresTools.locate(settings.toolFolders()), ScratchSizing.ofMachine(atOnce)), () -> keys(config, secrets), clock);
    }

    private static SecretKeys keys(HoldfastConfig config, Secrets secrets) {
        char[] passphrase = config.keys().passphrase().map(reference -> secrets.resolve(reference).reveal().toCharArray())
                .orElseGet(() -> new char[0]);
        return SecretKeys.read(config.keys().secretKeys(), passphrase);
    }

    @Bean
    ProveBackup proveBackup(HoldfastConfig config, Secrets secrets, ServiceIdentity identity, Clock clock) {
        return prover(config, secrets, identity.instance(), clock, config.verifier().slots());
    }

    @Bean
    ProofMetrics proofMetrics(HoldfastConfig config, BackupMetrics metrics, MeterRegistry registry) {
        return new ProofMetrics(metrics, registry, config::proofLevel);
    }

    @Bean
    ManifestConflicts manifestConflicts(Repositories repositories, ServiceIdentity identity) {
        return new ManifestConflicts(repositories, identity);
    }

    /**
     * Which digest each manifest was said to have, which alerts were raised, what became of the intake's requests,
     * whichever instance did it, and what ends the proofs that run here.
     */
    @Bean
    LogFollower toldManifests(LogFollowers followers, ManifestConflicts conflicts, QueueVerifications queue, MissedAlerts missed,
            LiveProofs live) {
        return followers.fromStart(Topics.EVENTS, (event, position) -> {
            conflicts.handle(event, position);
            missed.handle(event, position);
            queue.heard(event, position);
            live.handle(event, position);
        });
    }

    @Bean
    MissedAlerts missedAlerts(HoldfastConfig config, ServiceIdentity identity, EventPublisher publisher, Clock clock) {
        return new MissedAlerts(new ProofEvents(identity), config::proofLevel, publisher, clock);
    }

    @Bean
    LiveProofs liveProofs() {
        return new LiveProofs();
    }

    @Bean
    VerificationRequests verificationRequests(HoldfastConfig config, Repositories repositories, ProveBackup prove,
            EventPublisher publisher, Pulse pulse, ProofMetrics metrics, ServiceIdentity identity, ManifestConflicts conflicts,
            LiveProofs live, Clock clock, @Qualifier("toldManifests") LogFollower told) {
        NextTry tries = new NextTry(() -> ThreadLocalRandom.current().nextDouble());
        return new VerificationRequests(config, new FindCopy(config, repositories, publisher, identity), prove, publisher, pulse::beat,
                metrics, identity, conflicts, live, new EndedWithoutResult(config, identity, clock, tries), told::awaitCurrent);
    }

    /** @param told stops after the queue, whose proofs look at the log to the last */
    @Bean
    WorkQueue<VerificationRequested> verificationQueue(WorkQueues queues, HoldfastConfig config, VerificationRequests requests,
            @Qualifier("toldManifests") LogFollower told) {
        return queues.open(Topics.VERIFICATION_REQUESTS, GROUP, VerificationRequested.class, config.verifier().slots(), requests);
    }

    @Bean
    QueueVerifications queueVerifications(HoldfastConfig config, Repositories repositories, EventPublisher publisher,
            ServiceIdentity identity, ManifestConflicts conflicts, ProofMetrics metrics, MissedAlerts missed,
            @Qualifier("toldManifests") ObjectProvider<LogFollower> told, Clock clock) {
        return new QueueVerifications(config, repositories, publisher, identity, conflicts, (repository, manifest) -> {
            metrics.seen(repository, manifest);
            if (told.getObject().awaitCaughtUp(Duration.ZERO)) {
                missed.look(repository, manifest);
            }
        }, clock);
    }

    @Bean
    LogFollower completedBackups(LogFollowers followers, QueueVerifications queue) {
        return followers.group(Topics.EVENTS, GROUP + "-intake", queue);
    }

    @Bean
    Sweeping sweeping(QueueVerifications queue, HoldfastConfig config, @Qualifier("toldManifests") LogFollower told) {
        return new Sweeping(queue, config.verifier().sweepEvery(), told::awaitCaughtUp);
    }

    /** Told before the queue waits for its jobs. */
    @Bean
    ApplicationListener<ContextClosedEvent> endProofsFirst(VerificationRequests requests) {
        return closed -> requests.stop();
    }
}
