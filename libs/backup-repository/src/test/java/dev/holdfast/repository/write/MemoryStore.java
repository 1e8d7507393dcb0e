package dev.holdfast.repository.write;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.BackupWriter;
import dev.holdfast.repository.Repository;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.store.ObjectUpload;
import dev.holdfast.repository.store.StoreException;
import dev.holdfast.repository.store.StoredObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** Keeps objects in memory and, told so, fails or stands still once that many bytes were written. */
final class MemoryStore implements ObjectStore {

    final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();
    final AtomicInteger openUploads = new AtomicInteger();
    final AtomicLong written = new AtomicLong();
    final CountDownLatch stalled = new CountDownLatch(1);
    private final boolean discard;
    private long failAfter = Long.MAX_VALUE;
    private long stallAfter = Long.MAX_VALUE;
    private boolean failCommits;

    private MemoryStore(boolean discard) {
        this.discard = discard;
    }

    static MemoryStore healthy() {
        return new MemoryStore(false);
    }

    /** Counts what is written and keeps none of it. */
    static MemoryStore discarding() {
        return new MemoryStore(true);
    }

    static MemoryStore failingAfter(long bytes) {
        MemoryStore store = new MemoryStore(false);
        store.failAfter = bytes;
        return store;
    }

    static MemoryStore stallingAfter(long bytes) {
        MemoryStore store = new MemoryStore(false);
        store.stallAfter = bytes;
        return store;
    }

    static MemoryStore refusingCommits() {
        MemoryStore store = new MemoryStore(false);
        store.failCommits = true;
        return store;
    }

    /** A repository on this store, ready to be written to. */
    BackupWriter writer(String name) {
        BackupWriter writer = Repository.open(name, this).writer();
        writer.prepare();
        return writer;
    }

    /** What backups left in it: all but the repository's own document, by the last segment of its key. */
    Map<String, byte[]> data() {
        Map<String, byte[]> data = new TreeMap<>();
        objects.forEach((key, content) -> {
            if (!key.equals("repository.json")) {
                data.put(key.substring(key.lastIndexOf('/') + 1), content);
            }
        });
        return data;
    }

    @Override
    public String location() {
        return "memory";
    }

    @Override
    public ObjectUpload create(String key) {
        openUploads.incrementAndGet();
        return new Upload(key);
    }

    @Override
    public StoredObject create(String key, byte[] content) {
        if (failCommits && !key.equals("repository.json")) {
            throw full();
        }
        if (objects.putIfAbsent(key, content.clone()) != null) {
            throw new StoreException(FailureKind.PERMANENT, "object-exists", key + " is there", "use another key", null);
        }
        return find(key).orElseThrow();
    }

    @Override
    public Optional<StoredObject> find(String key) {
        return Optional.ofNullable(objects.get(key))
                .map(bytes -> new StoredObject(key, bytes.length, null, Instant.EPOCH));
    }

    @Override
    public InputStream read(String key, long offset) {
        byte[] bytes = objects.get(key);
        if (bytes == null) {
            throw new StoreException(FailureKind.PERMANENT, "object-missing", "no " + key, "look elsewhere", null);
        }
        return new ByteArrayInputStream(bytes, (int) offset, bytes.length - (int) offset);
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return objects.keySet().stream().filter(key -> key.startsWith(prefix)).map(key -> find(key).orElseThrow());
    }

    @Override
    public void delete(String key) {
        objects.remove(key);
    }

    @Override
    public int purgeDeleted(String prefix) {
        return 0;
    }

    @Override
    public int abortUploads(String prefix) {
        return 0;
    }

    @Override
    public void check(boolean writing) {
        list("").close();
    }

    @Override
    public void close() {
        objects.clear();
    }

    private static StoreException full() {
        return new StoreException(FailureKind.PERMANENT, "disk-full", "no space left", "free some space", null);
    }

    private final class Upload implements ObjectUpload {

        private final String key;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private long bytes;
        private boolean ended;

        Upload(String key) {
            this.key = key;
        }

        @Override
        public void write(byte[] from, int offset, int length) {
            long before = written.getAndAdd(length);
            if (before + length > failAfter) {
                throw full();
            }
            if (before + length > stallAfter) {
                stalled.countDown();
                standStill();
            }
            bytes += length;
            if (!discard) {
                content.write(from, offset, length);
            }
        }

        @Override
        public StoredObject commit() {
            if (failCommits) {
                throw full();
            }
            objects.put(key, content.toByteArray());
            end();
            return new StoredObject(key, bytes, null, Instant.EPOCH);
        }

        @Override
        public void abort() {
            end();
        }

        @Override
        public void close() {
            end();
        }

        private void end() {
            if (!ended) {
                ended = true;
                openUploads.decrementAndGet();
            }
        }

        private void standStill() {
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException(FailureKind.RETRIABLE, "interrupted", "told to stop", "try again", e);
            }
        }
    }
}
