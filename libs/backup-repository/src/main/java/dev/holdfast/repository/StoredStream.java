package dev.holdfast.repository;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.manifest.Manifest;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.store.StoreException;
import dev.holdfast.repository.store.StoredObject;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** The parts of a stream joined, each checked; a broken connection is resumed where it broke. */
final class StoredStream extends InputStream {

    private static final Logger LOG = LoggerFactory.getLogger(StoredStream.class);
    /** Tries without a byte of progress; waits double from {@link #FIRST_WAIT}: half a minute in all. */
    private static final int TRIES = 8;
    private static final Duration FIRST_WAIT = Duration.ofMillis(250);

    private final ObjectStore store;
    private final List<Manifest.Part> parts;
    private final byte[] one = new byte[1];
    private int next;
    private Manifest.Part part;
    private Sha256 digest;
    private InputStream in;
    private long position;
    private int failures;

    StoredStream(ObjectStore store, List<Manifest.Part> parts) {
        this.store = store;
        this.parts = List.copyOf(parts);
    }

    @Override
    public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (part != null || next < parts.size()) {
            if (part == null) {
                part = parts.get(next++);
                digest = new Sha256();
                position = 0;
            }
            int count = readOrResume(bytes, offset, length);
            if (count > 0) {
                return count;
            }
        }
        return -1;
    }

    /** Bytes of the current part, or 0 where it ended or its connection has to be opened again. */
    private int readOrResume(byte[] bytes, int offset, int length) throws IOException {
        int count;
        try {
            if (in == null) {
                in = store.read(part.key(), position);
            }
            count = in.read(bytes, offset, length);
        } catch (StoreException e) {
            if (e.code().equals("object-missing")) {
                throw new CorruptObjectException("missing object", where(), part.bytes() + " bytes", "no object", e);
            }
            if (e.kind() != FailureKind.RETRIABLE) {
                throw e;
            }
            resume(e);
            return 0;
        } catch (IOException e) {
            resume(e);
            return 0;
        }
        if (count < 0) {
            endPart();
            return 0;
        }
        if (position + count > part.bytes()) {
            throw new CorruptObjectException("longer object", where(), part.bytes() + " bytes", "more");
        }
        digest.update(bytes, offset, count);
        position += count;
        failures = 0;
        return count;
    }

    private void endPart() throws IOException {
        if (position < part.bytes()) {
            long stored = store.find(part.key()).map(StoredObject::size).orElse(-1L);
            if (stored == part.bytes()) {
                resume(new IOException("the connection ended after " + position + " of " + stored + " bytes"));
                return;
            }
            throw new CorruptObjectException("truncated object", where(), part.bytes() + " bytes",
                    stored < 0 ? "no object" : stored + " bytes");
        }
        String found = digest.hex();
        if (!found.equals(part.sha256())) {
            throw new CorruptObjectException("changed object", where(), "sha256 " + part.sha256(), "sha256 " + found);
        }
        closeQuietly();
        part = null;
    }

    private void resume(Exception cause) {
        closeQuietly();
        if (++failures >= TRIES) {
            if (cause instanceof StoreException failure) {
                throw failure;
            }
            throw new StoreException(FailureKind.RETRIABLE, "store-unreachable", "reading " + where()
                    + " broke off at byte " + position + " " + failures + " times: " + cause.getMessage(),
                    "check the network and the store", cause);
        }
        LockSupport.parkNanos(FIRST_WAIT.toNanos() << (failures - 1));
        if (Thread.currentThread().isInterrupted()) {
            throw new StoreException(FailureKind.RETRIABLE, "interrupted", "reading " + where() + " was interrupted",
                    "nothing: the work is taken up again", cause);
        }
    }

    private String where() {
        return store.location() + "/" + part.key();
    }

    /** Closing a connection that is given up; what it says no longer matters. */
    private void closeQuietly() {
        if (in != null) {
            try {
                in.close();
            } catch (IOException | StoreException e) {
                LOG.debug("closing a finished read of {}", store.location(), e);
            }
        }
        in = null;
    }

    @Override
    public void close() {
        closeQuietly();
        part = null;
        next = parts.size();
    }
}
