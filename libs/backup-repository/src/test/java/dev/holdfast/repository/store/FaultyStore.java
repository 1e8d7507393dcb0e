package dev.holdfast.repository.store;

import dev.holdfast.failure.FailureKind;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A real store that misbehaves on demand. Every switch is off at first and may be thrown at any time, from any thread.
 * Its own failures have the code {@code faulty-store}.
 */
public final class FaultyStore implements ObjectStore {

    private final ObjectStore inner;
    private final AtomicLong writeBudget = new AtomicLong(Long.MAX_VALUE);
    private final AtomicInteger steps = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch stalled = new CountDownLatch(1);
    private volatile boolean stalling;
    private volatile boolean full;
    private volatile boolean losing;
    private volatile int failBefore = Integer.MAX_VALUE;
    private volatile int failAfter = Integer.MAX_VALUE;
    private volatile long readPiece = Long.MAX_VALUE;

    public FaultyStore(ObjectStore inner) {
        this.inner = inner;
    }

    /** Uploads fail after so many bytes in all. */
    public FaultyStore failWritesAfter(long bytes) {
        writeBudget.set(bytes);
        return this;
    }

    /** The disk is full after so many bytes in all: code {@code disk-full}, as of a real store. */
    public FaultyStore fullAfter(long bytes) {
        full = true;
        writeBudget.set(bytes);
        return this;
    }

    /** Uploads block after so many bytes in all, until {@link #release()} or an interrupt. */
    public FaultyStore stallWritesAfter(long bytes) {
        stalling = true;
        writeBudget.set(bytes);
        return this;
    }

    /** Commits and creates say they succeeded, and the object is not there. */
    public FaultyStore loseObjects() {
        losing = true;
        return this;
    }

    /** From the nth change (commit, create, delete or purge, counted from 1) on, nothing happens any more: a crash before it. */
    public FaultyStore crashBeforeStep(int step) {
        failBefore = step;
        return this;
    }

    /** The nth change happens, its answer is lost, and nothing happens any more: a crash after it. */
    public FaultyStore crashAfterStep(int step) {
        failAfter = step;
        return this;
    }

    /** Each read breaks off after so many bytes. */
    public FaultyStore breakReadsAfter(long bytes) {
        readPiece = bytes;
        return this;
    }

    /** Waits until a write is blocked. */
    public void awaitStalled() throws InterruptedException {
        stalled.await();
    }

    /** Lets blocked writes go on. */
    public void release() {
        writeBudget.set(Long.MAX_VALUE);
        released.countDown();
    }

    /** How many changes were asked for so far. */
    public int steps() {
        return steps.get();
    }

    @Override
    public String location() {
        return inner.location();
    }

    @Override
    public ObjectUpload create(String key) {
        return new Upload(key, inner.create(key));
    }

    @Override
    public StoredObject create(String key, byte[] content) {
        int step = before(key);
        StoredObject stored = losing ? new StoredObject(key, content.length, null, null) : inner.create(key, content);
        after(step, key);
        return stored;
    }

    @Override
    public Optional<StoredObject> find(String key) {
        return inner.find(key);
    }

    @Override
    public InputStream read(String key, long offset) {
        return new BreakingStream(inner.read(key, offset), readPiece);
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return inner.list(prefix);
    }

    @Override
    public void delete(String key) {
        int step = before(key);
        inner.delete(key);
        after(step, key);
    }

    @Override
    public int purgeDeleted(String prefix) {
        int step = before(prefix);
        int purged = inner.purgeDeleted(prefix);
        after(step, prefix);
        return purged;
    }

    @Override
    public int abortUploads(String prefix) {
        return inner.abortUploads(prefix);
    }

    @Override
    public void check(boolean writing) {
        inner.check(writing);
    }

    @Override
    public void close() {
        inner.close();
    }

    private int before(String key) {
        int step = steps.incrementAndGet();
        if (step >= failBefore || step > failAfter) {
            throw failure("changing " + key);
        }
        return step;
    }

    private void after(int step, String key) {
        if (step == failAfter) {
            throw failure("the answer about " + key);
        }
    }

    private void spend(int bytes, String key) {
        if (writeBudget.addAndGet(-bytes) >= 0) {
            return;
        }
        if (full) {
            throw new StoreException(FailureKind.PERMANENT, "disk-full", "writing " + key + ": no space left on device",
                    "free some space", null);
        }
        if (!stalling) {
            throw failure("writing " + key);
        }
        stalled.countDown();
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("a stalled write of " + key);
        }
    }

    private static StoreException failure(String doing) {
        return new StoreException(FailureKind.RETRIABLE, "faulty-store", doing + " failed as the test asked",
                "nothing", null);
    }

    private final class Upload implements ObjectUpload {

        private final String key;
        private final ObjectUpload upload;
        private long written;

        private Upload(String key, ObjectUpload upload) {
            this.key = key;
            this.upload = upload;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            spend(length, key);
            written += length;
            upload.write(bytes, offset, length);
        }

        @Override
        public StoredObject commit() {
            int step = before(key);
            if (losing) {
                upload.abort();
                return new StoredObject(key, written, null, null);
            }
            StoredObject stored = upload.commit();
            after(step, key);
            return stored;
        }

        @Override
        public void abort() {
            upload.abort();
        }

        @Override
        public void close() {
            upload.close();
        }
    }

    private static final class BreakingStream extends FilterInputStream {

        private long left;

        private BreakingStream(InputStream in, long left) {
            super(in);
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left <= 0) {
                throw new IOException("the connection broke off as the test asked");
            }
            int count = in.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }
    }
}
