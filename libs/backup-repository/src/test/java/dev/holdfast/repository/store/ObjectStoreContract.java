package dev.holdfast.repository.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store promises. Implementations give an empty store, and know how many begun uploads it still holds. */
abstract class ObjectStoreContract {

    abstract ObjectStore store();

    /** Whatever lies in the store that is no object: temporary files, open multipart uploads. */
    abstract int debris();

    /** More than one part of a multipart upload. */
    static final int LARGE = (5 << 20) * 2 + 4321;

    @Test
    void an_object_is_read_as_it_was_written() throws IOException {
        byte[] content = bytes(70_000);
        StoredObject stored = upload("a/b/object", content);
        assertThat(stored.size()).isEqualTo(content.length);
        assertThat(read("a/b/object", 0)).isEqualTo(content);
        assertThat(store().find("a/b/object")).get().extracting(StoredObject::size).isEqualTo(70_000L);
        assertThat(debris()).isZero();
    }

    @Test
    void a_large_object_is_read_as_it_was_written() throws IOException {
        byte[] content = bytes(LARGE);
        assertThat(upload("large", content).size()).isEqualTo(LARGE);
        assertThat(read("large", 0)).isEqualTo(content);
        assertThat(debris()).isZero();
    }

    @Test
    void an_object_of_exactly_one_part_is_read_as_it_was_written() throws IOException {
        byte[] content = bytes(5 << 20);
        upload("one-part", content);
        assertThat(read("one-part", 0)).isEqualTo(content);
    }

    @Test
    void an_empty_object_is_an_object() throws IOException {
        assertThat(upload("empty", new byte[0]).size()).isZero();
        assertThat(read("empty", 0)).isEmpty();
        assertThat(store().find("empty")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_535, 65_536, 69_999, 70_000})
    void a_read_starts_at_its_offset(int offset) throws IOException {
        byte[] content = bytes(70_000);
        upload("ranged", content);
        assertThat(read("ranged", offset)).isEqualTo(Arrays.copyOfRange(content, offset, content.length));
    }

    @Test
    void a_read_may_be_given_up_early() throws IOException {
        upload("early", bytes(LARGE));
        try (InputStream in = store().read("early", 0)) {
            assertThat(in.readNBytes(10)).hasSize(10);
        }
        assertThat(read("early", LARGE - 5L)).hasSize(5);
    }

    @Test
    void an_existing_object_is_never_replaced() throws IOException {
        upload("taken", "first".getBytes(StandardCharsets.UTF_8));
        fails("object-exists", () -> upload("taken", "second".getBytes(StandardCharsets.UTF_8)));
        fails("object-exists", () -> store().create("taken", "second".getBytes(StandardCharsets.UTF_8)));
        assertThat(read("taken", 0)).asString(StandardCharsets.UTF_8).isEqualTo("first");
        assertThat(debris()).isZero();
    }

    @Test
    void a_large_upload_replaces_nothing_either() throws IOException {
        upload("taken", "first".getBytes(StandardCharsets.UTF_8));
        fails("object-exists", () -> upload("taken", bytes(LARGE)));
        assertThat(read("taken", 0)).asString(StandardCharsets.UTF_8).isEqualTo("first");
        assertThat(debris()).isZero();
    }

    @Test
    void of_sixteen_that_race_for_a_key_one_wins_and_its_bytes_stay() throws Exception {
        List<String> outcomes = race(number -> {
            store().create("raced", ("writer " + number).getBytes(StandardCharsets.UTF_8));
            return "writer " + number;
        });
        assertThat(outcomes).filteredOn(outcome -> outcome.startsWith("writer")).hasSize(1);
        assertThat(outcomes).filteredOn(outcome -> outcome.equals("object-exists")).hasSize(15);
        assertThat(read("raced", 0)).asString(StandardCharsets.UTF_8).isIn(outcomes);
        assertThat(debris()).isZero();
    }

    @Test
    void nothing_is_visible_before_commit() {
        try (ObjectUpload upload = store().create("unseen/object")) {
            upload.write(bytes(LARGE), 0, LARGE);
            assertThat(store().find("unseen/object")).isEmpty();
            assertThat(keys("")).isEmpty();
            upload.commit();
        }
        assertThat(keys("")).containsExactly("unseen/object");
    }

    @Test
    void closing_without_commit_leaves_nothing() {
        try (ObjectUpload upload = store().create("given/up")) {
            upload.write(bytes(LARGE), 0, LARGE);
        }
        assertThat(keys("")).isEmpty();
        assertThat(debris()).isZero();
    }

    @Test
    void aborting_twice_and_after_commit_is_harmless() throws IOException {
        ObjectUpload aborted = store().create("aborted");
        aborted.write(new byte[] {1}, 0, 1);
        aborted.abort();
        aborted.abort();
        aborted.close();
        ObjectUpload committed = store().create("committed");
        committed.commit();
        committed.abort();
        committed.close();
        assertThat(keys("")).containsExactly("committed");
    }

    @Test
    void abort_ends_the_uploads_below_its_prefix_and_no_others() {
        ObjectUpload mine = store().create("mine/1/object");
        mine.write(bytes(LARGE), 0, LARGE);
        ObjectUpload other = store().create("mine/12/object");
        other.write(bytes(LARGE), 0, LARGE);
        assertThat(store().abortUploads("mine/1/")).isEqualTo(1);
        assertThat(debris()).isEqualTo(1);
        other.commit();
        assertThat(keys("")).containsExactly("mine/12/object");
        assertThat(store().abortUploads("")).isZero();
        mine.close();
    }

    @Test
    void a_listing_passes_a_thousand_entries_in_key_order() throws Exception {
        int count = 1_105;
        fill("many/%04d", count);
        store().create("many-not", new byte[] {1});
        assertThat(keys("many/")).hasSize(count).isSorted().doesNotHaveDuplicates();
        assertThat(keys("many/11")).hasSize(5);
        assertThat(keys("none/")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"with space", "a+b", "a%20b", "ü/日本", "quote'\"", "a&b=c?d#e", "~tilde", "dots..in..it",
        "trailing.", "a/b.c/d", "semi;colon", "star*"})
    void odd_characters_in_a_key_are_only_characters(String key) throws IOException {
        upload(key, key.getBytes(StandardCharsets.UTF_8));
        assertThat(read(key, 0)).asString(StandardCharsets.UTF_8).isEqualTo(key);
        assertThat(keys("")).containsExactly(key);
        store().delete(key);
        assertThat(keys("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/absolute", "../out", "a/../../out", "a//b", "a/", "./a", "back\\slash", "nul\0",
        "line\nfeed", ".tmp-looks-like-ours"})
    void a_hostile_key_is_refused_everywhere(String key) {
        fails("bad-key", () -> store().create(key));
        fails("bad-key", () -> store().create(key, new byte[0]));
        fails("bad-key", () -> store().read(key, 0));
        fails("bad-key", () -> store().find(key));
        fails("bad-key", () -> store().delete(key));
    }

    @Test
    void an_absent_object_is_absent_and_not_an_error_to_delete() {
        assertThat(store().find("absent")).isEmpty();
        fails("object-missing", () -> store().read("absent", 0));
        store().delete("absent");
        upload("folder/object", new byte[] {1});
        assertThat(store().find("folder")).isEmpty();
        fails("object-missing", () -> store().read("folder", 0));
    }

    @Test
    void deleting_leaves_the_neighbours() {
        upload("d/1/object", new byte[] {1});
        upload("d/2/object", new byte[] {2});
        store().delete("d/1/object");
        assertThat(keys("d/")).containsExactly("d/2/object");
    }

    @Test
    void a_check_leaves_nothing() {
        store().check(false);
        store().check(true);
        assertThat(keys("")).isEmpty();
        assertThat(debris()).isZero();
    }

    /** Creates objects of one byte, numbered from 0; overridden where there is a quicker way into the store. */
    void fill(String pattern, int count) throws Exception {
        for (int number = 0; number < count; number++) {
            store().create(pattern.formatted(number), new byte[] {1});
        }
    }

    final StoredObject upload(String key, byte[] content) {
        try (ObjectUpload upload = store().create(key)) {
            for (int offset = 0; offset < content.length; offset += 100_000) {
                upload.write(content, offset, Math.min(100_000, content.length - offset));
            }
            return upload.commit();
        }
    }

    final byte[] read(String key, long offset) throws IOException {
        try (InputStream in = store().read(key, offset)) {
            return in.readAllBytes();
        }
    }

    final List<String> keys(String prefix) {
        try (Stream<StoredObject> objects = store().list(prefix)) {
            return objects.map(StoredObject::key).toList();
        }
    }

    static byte[] bytes(int size) {
        byte[] content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }

    static StoreException fails(String code, ThrowingCallable act) {
        StoreException[] caught = new StoreException[1];
        assertThatExceptionOfType(StoreException.class).isThrownBy(act).satisfies(e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.nextStep()).isNotBlank();
            caught[0] = e;
        });
        return caught[0];
    }

    interface Racer {
        String run(int number) throws Exception;
    }

    static List<String> race(Racer racer) throws Exception {
        CyclicBarrier start = new CyclicBarrier(16);
        List<Callable<String>> racers = new ArrayList<>();
        for (int number = 0; number < 16; number++) {
            int mine = number;
            racers.add(() -> {
                start.await();
                try {
                    return racer.run(mine);
                } catch (StoreException e) {
                    return e.code();
                }
            });
        }
        List<String> outcomes = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
            for (Future<String> outcome : threads.invokeAll(racers)) {
                outcomes.add(outcome.get());
            }
        }
        return outcomes;
    }
}
