package dev.holdfast.service.messaging;

import dev.holdfast.events.BackupRequested;
import dev.holdfast.events.Topics;
import dev.holdfast.service.ServiceIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;

/**
 * A worker with two slots in a process of its own. Its jobs append {@code begin ID} and {@code end ID} to a file that all workers
 * share, and don't end before a byte has come on stdin. It lives until stdin ends.
 */
final class SlotsProcess {

    static final int SLOTS = 2;
    private static final CountDownLatch MAY_END = new CountDownLatch(1);

    private SlotsProcess() {
    }

    /** @param arguments the broker's address and the file */
    public static void main(String[] arguments) throws IOException {
        FileChannel file = FileChannel.open(Path.of(arguments[1]), StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        Messaging messaging = Messaging.open(KafkaSettings.local(arguments[0]),
                ServiceIdentity.newInstance("backup-worker", Clock.systemUTC()));
        messaging.topics().keepTrying(refusal -> { });
        messaging.queues().open(Topics.BACKUP_REQUESTS, "backup-workers", BackupRequested.class, SLOTS, request -> () -> {
            append(file, "begin " + request.id());
            awaitEnd();
            append(file, "end " + request.id());
        }).start();
        if (System.in.read() >= 0) {
            MAY_END.countDown();
            System.in.read(); // the end: whoever started this is done with it, or gone
        }
        System.exit(0);
    }

    private static void awaitEnd() {
        try {
            MAY_END.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Appended in one piece, so that lines of several processes do not mix, in the order in which they happened. */
    private static void append(FileChannel file, String line) {
        try {
            file.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException("appending " + line, e);
        }
    }
}
