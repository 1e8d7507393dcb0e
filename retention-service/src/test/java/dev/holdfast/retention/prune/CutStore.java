package dev.holdfast.retention.prune;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.repository.store.ObjectStore;
import dev.holdfast.repository.store.ObjectUpload;
import dev.holdfast.repository.store.StoreException;
import dev.holdfast.repository.store.StoredObject;
import java.io.InputStream;
import java.util.Optional;
import java.util.stream.Stream;

/** A store that goes away after a number of deletions, as a process that is killed would leave it. */
final class CutStore implements ObjectStore {

    private final ObjectStore store;
    private int deletionsLeft;

    CutStore(ObjectStore store, int deletions) {
        this.store = store;
        this.deletionsLeft = deletions;
    }

    @Override
    public void delete(String key) {
        if (deletionsLeft-- <= 0) {
            throw new StoreException(FailureKind.RETRIABLE, "store-unreachable", "deleting " + key + ": cut", "nothing", null);
        }
        store.delete(key);
    }

    @Override
    public String location() {
        return store.location();
    }

    @Override
    public ObjectUpload create(String key) {
        return store.create(key);
    }

    @Override
    public StoredObject create(String key, byte[] content) {
        return store.create(key, content);
    }

    @Override
    public Optional<StoredObject> find(String key) {
        return store.find(key);
    }

    @Override
    public InputStream read(String key, long offset) {
        return store.read(key, offset);
    }

    @Override
    public Stream<StoredObject> list(String prefix) {
        return store.list(prefix);
    }

    @Override
    public int abortUploads(String prefix) {
        return store.abortUploads(prefix);
    }

    @Override
    public void check(boolean writing) {
        store.check(writing);
    }

    @Override
    public void close() {
        store.close();
    }
}
