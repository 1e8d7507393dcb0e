package dev.holdfast.repository.store;

import java.io.InputStream;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Immutable objects under slash-separated keys. Every create is conditional: an existing key is never replaced.
 * Every method throws {@link StoreException} with a code, a kind and the operator's next step.
 */
public interface ObjectStore extends AutoCloseable {

    /** Where it is, fit for a message: a path or {@code s3://bucket/prefix}, never a credential. */
    String location();

    /** Starts a streamed create. Nothing is visible under the key before {@link ObjectUpload#commit()}. */
    ObjectUpload create(String key);

    /** Creates a small object in one call; code {@code object-exists} where the key is taken. */
    StoredObject create(String key, byte[] content);

    /** What the store says of one object, asked afresh, or empty where there is none. */
    Optional<StoredObject> find(String key);

    /** Bytes from {@code offset} to the end; code {@code object-missing} where there is none. The caller closes it. */
    InputStream read(String key, long offset);

    /** Every object whose key begins with {@code prefix}, in key order, fetched page by page. The caller closes it. */
    Stream<StoredObject> list(String prefix);

    /** Deletes one object; deleting what is absent is done already. */
    void delete(String key);

    /**
     * Removes what a store that keeps versions still has of the deleted objects under the prefix: older versions and delete
     * markers. An object that stands keeps all of its versions. Says how many were removed.
     */
    int purgeDeleted(String prefix);

    /** Ends uploads under the prefix that were begun and neither committed nor aborted; says how many. */
    int abortUploads(String prefix);

    /** Proves that the store can be listed (and, where {@code writing}, written to) with these credentials. */
    void check(boolean writing);

    @Override
    void close();
}
