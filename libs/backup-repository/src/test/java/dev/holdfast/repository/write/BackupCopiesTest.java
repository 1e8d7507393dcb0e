package dev.holdfast.repository.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import dev.holdfast.repository.manifest.Manifest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BackupCopiesTest {

    private static final CopySettings SMALL =
            new CopySettings(1000, 2, Duration.ofSeconds(30), Duration.ofSeconds(30));
    private static final Runnable SUCCESS = () -> { };

    @Test
    void every_repository_gets_the_same_bytes_under_the_same_keys() throws Exception {
        MemoryStore one = MemoryStore.healthy();
        MemoryStore two = MemoryStore.healthy();
        byte[] dump = random(10_500);

        List<Manifest.DataStream> streams = write(SMALL, plain(1 << 20), new ByteArrayInputStream(dump), one, two);

        assertThat(one.data().keySet()).containsExactly("data.dump.000", "manifest.json");
        assertThat(two.data().keySet()).isEqualTo(one.data().keySet());
        assertThat(one.data().get("data.dump.000")).isEqualTo(dump);
        assertThat(two.data().get("data.dump.000")).isEqualTo(dump);
        assertThat(streams).containsExactly(new Manifest.DataStream("data", "custom", "none", 10_500, sha256(dump),
                List.of(new Manifest.Part(Attempts.FOLDER.data(0, false, false), 10_500, sha256(dump)))));
    }

    @Test
    void parts_joined_in_order_are_the_stream_and_each_has_its_own_checksum() throws Exception {
        for (int size : List.of(1, 2_499, 2_500, 2_501, 5_000, 12_345)) {
            MemoryStore store = MemoryStore.healthy();
            byte[] dump = random(size);

            Manifest.DataStream stream =
                    write(SMALL, plain(2_500), new ByteArrayInputStream(dump), store).getFirst();

            ByteArrayOutputStream joined = new ByteArrayOutputStream();
            for (Manifest.Part part : stream.parts()) {
                byte[] stored = store.objects.get(part.key());
                assertThat(part).isEqualTo(new Manifest.Part(part.key(), stored.length, sha256(stored)));
                joined.write(stored);
            }
            assertThat(joined.toByteArray()).isEqualTo(dump);
            assertThat(stream.parts()).hasSize((size + 2_499) / 2_500);
            assertThat(stream.plainSha256()).isEqualTo(sha256(dump));
        }
    }

    @Test
    void a_stream_encoded_on_the_way_decodes_to_what_the_program_wrote() throws Exception {
        MemoryStore store = MemoryStore.healthy();
        byte[] dump = new byte[300_000];
        Arrays.fill(dump, 100_000, 200_000, (byte) 7);
        StreamSpec spec = StreamSpec.data(Attempts.FOLDER, StreamSpec.ZSTD_AROUND,
                Optional.of(BackupCopiesTest::inverted), 1000);

        Manifest.DataStream stream = write(SMALL, spec, new ByteArrayInputStream(dump), store).getFirst();

        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        for (Manifest.Part part : stream.parts()) {
            assertThat(part.sha256()).isEqualTo(sha256(store.objects.get(part.key())));
            joined.write(store.objects.get(part.key()));
        }
        byte[] compressed = joined.toByteArray();
        for (int i = 0; i < compressed.length; i++) {
            compressed[i] = (byte) ~compressed[i];
        }
        try (InputStream plain = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(compressed))) {
            assertThat(plain.readAllBytes()).isEqualTo(dump);
        }
        assertThat(stream.plainBytes()).isEqualTo(dump.length);
        assertThat(stream.plainSha256()).isEqualTo(sha256(dump));
    }

    @Test
    void an_encoding_that_leaves_the_stream_under_it_open_loses_no_byte() throws Exception {
        MemoryStore store = MemoryStore.healthy();
        byte[] dump = random(1_500);
        Encoding leavesOpen = out -> new FilterOutputStream(out) {
            @Override
            public void close() throws IOException {
                flush();
            }
        };

        write(SMALL, StreamSpec.data(Attempts.FOLDER, "none", Optional.of(leavesOpen), 1 << 20),
                new ByteArrayInputStream(dump), store);

        assertThat(store.data().get("data.dump.000.gpg")).isEqualTo(dump);
    }

    @Test
    void a_repository_that_fails_half_way_loses_its_copy_and_holds_up_nobody() throws Exception {
        MemoryStore good = MemoryStore.healthy();
        MemoryStore bad = MemoryStore.failingAfter(5_000);
        byte[] dump = random(50_000);
        List<LostCopy> lost;
        try (BackupCopies copies = open(SMALL, good, bad)) {
            copies.write(plain(1 << 20), new ByteArrayInputStream(dump), SUCCESS);
            copies.commitManifest(Attempts.manifest(copies.commitStreams()));
            lost = copies.lost();
        }

        assertThat(lost).extracting(LostCopy::repository, copy -> copy.failure().code())
                .containsExactly(org.assertj.core.groups.Tuple.tuple("repository-1", "disk-full"));
        assertThat(good.data().get("data.dump.000")).isEqualTo(dump);
        assertThat(bad.data()).isEmpty();
        assertThat(bad.openUploads).hasValue(0);
    }

    @Test
    void a_repository_that_stalls_loses_its_copy_and_holds_up_nobody() throws Exception {
        MemoryStore good = MemoryStore.healthy();
        MemoryStore bad = MemoryStore.stallingAfter(5_000);
        byte[] dump = random(50_000);
        try (BackupCopies copies = open(SMALL.withStallAfter(Duration.ofMillis(300)), good, bad)) {
            copies.write(plain(1 << 20), new ByteArrayInputStream(dump), SUCCESS);
            copies.commitStreams();

            assertThat(copies.alive()).containsExactly("repository-0");
            assertThat(copies.lost().getFirst().failure().code()).isEqualTo("repository-stalled");
        }
        assertThat(good.data().get("data.dump.000")).isEqualTo(dump);
        assertThat(bad.data()).isEmpty();
        assertThat(bad.openUploads).hasValue(0);
    }

    @Test
    void a_repository_that_refuses_the_commit_or_the_manifest_loses_its_copy() {
        MemoryStore bad = MemoryStore.refusingCommits();
        try (BackupCopies copies = open(SMALL, MemoryStore.healthy(), bad)) {
            copies.write(plain(1 << 20), new ByteArrayInputStream(random(10)), SUCCESS);
            copies.commitStreams();

            assertThat(copies.alive()).containsExactly("repository-0");
        }
        assertThat(bad.openUploads).hasValue(0);
    }

    @Test
    void a_run_that_loses_every_repository_fails_and_says_why() {
        HoldfastException alone = failure(MemoryStore.failingAfter(2_000));
        HoldfastException both = failure(MemoryStore.failingAfter(2_000), MemoryStore.failingAfter(30_000));

        assertThat(alone.code()).isEqualTo("disk-full");
        assertThat(both.code()).isEqualTo("every-repository-failed");
        assertThat(both.kind()).isEqualTo(FailureKind.PERMANENT);
        assertThat(both).hasMessageContaining("repository-0 (disk-full").hasMessageContaining("repository-1 (disk-full");
    }

    @Test
    void nothing_is_visible_before_the_streams_are_committed() {
        MemoryStore store = MemoryStore.healthy();
        try (BackupCopies copies = open(SMALL, store)) {
            copies.write(plain(1 << 20), new ByteArrayInputStream(random(50_000)), SUCCESS);
            assertThat(store.data()).isEmpty();
        }
        assertThat(store.data()).isEmpty();
        assertThat(store.openUploads).hasValue(0);
    }

    @Test
    void a_later_stream_that_fails_takes_the_earlier_one_with_it() {
        MemoryStore store = MemoryStore.healthy();
        try (BackupCopies copies = open(SMALL, store)) {
            copies.write(StreamSpec.globals(Attempts.FOLDER, Optional.empty()), new ByteArrayInputStream(random(500)), SUCCESS);
            assertThatThrownBy(() -> copies.write(plain(1 << 20), new ByteArrayInputStream(random(50_000)), () -> {
                throw new IllegalStateException("exit 1");
            })).hasMessage("exit 1");
        }
        assertThat(store.data()).isEmpty();
        assertThat(store.openUploads).hasValue(0);
    }

    @Test
    void a_caller_who_was_interrupted_still_leaves_nothing_behind() {
        MemoryStore store = MemoryStore.healthy();
        BackupCopies copies = open(SMALL, store);
        copies.write(plain(1 << 20), new ByteArrayInputStream(random(50_000)), SUCCESS);

        Thread.currentThread().interrupt();
        copies.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(store.openUploads).hasValue(0);
    }

    @Test
    void a_producer_without_a_byte_is_no_success_and_its_own_failure_comes_first() {
        MemoryStore store = MemoryStore.healthy();
        try (BackupCopies copies = open(SMALL, store)) {
            assertThatThrownBy(() -> copies.write(plain(1000), InputStream.nullInputStream(), SUCCESS))
                    .isInstanceOfSatisfying(HoldfastException.class, e -> assertThat(e.code()).isEqualTo("dump-empty"));
        }
        try (BackupCopies copies = open(SMALL, store)) {
            assertThatThrownBy(() -> copies.write(plain(1000), InputStream.nullInputStream(), () -> {
                throw new IllegalStateException("exit 1");
            })).hasMessage("exit 1");
        }
        assertThat(store.data()).isEmpty();
        assertThat(store.openUploads).hasValue(0);
    }

    @Test
    void a_broken_pipe_is_explained_by_its_program() {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("Stream closed");
            }
        };
        try (BackupCopies copies = open(SMALL, MemoryStore.healthy())) {
            assertThatThrownBy(() -> copies.write(plain(1000), broken, () -> {
                throw new IllegalStateException("killed by signal 9");
            })).hasMessage("killed by signal 9");
            assertThatThrownBy(() -> copies.write(plain(1000), broken, SUCCESS))
                    .isInstanceOfSatisfying(HoldfastException.class,
                            e -> assertThat(e.code()).isEqualTo("dump-unreadable"));
        }
    }

    @Test
    void a_failing_encoder_fails_the_run() {
        StreamSpec spec = StreamSpec.data(Attempts.FOLDER, "none", Optional.of(out -> {
            throw new IOException("no such key");
        }), 1000);
        try (BackupCopies copies = open(SMALL, MemoryStore.healthy())) {
            assertThatThrownBy(() -> copies.write(spec, new ByteArrayInputStream(random(9_000)), SUCCESS))
                    .hasRootCauseMessage("no such key");
        }
    }

    @Test
    void buffers_in_use_stay_within_the_bound_whatever_the_size() throws Exception {
        ChunkPool pool = new ChunkPool(1000, 5);
        List<Chunk> taken = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            taken.add(pool.take());
        }
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                pool.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        taken.getFirst().release();
        waiting.join();
        assertThat(pool.made()).isEqualTo(5);
    }

    /** 3 GB through a heap of half a gigabyte, with an encoder between: anything that piles up would not fit. */
    @Test
    void three_gigabytes_pass_through_a_small_heap() throws Exception {
        MemoryStore store = MemoryStore.discarding();
        StreamSpec spec = StreamSpec.data(Attempts.FOLDER, "none", Optional.of(out -> out), 1L << 30);

        Manifest.DataStream stream;
        try (BackupCopies copies = open(CopySettings.DEFAULT, store, MemoryStore.discarding())) {
            copies.write(spec, new Zeros(3L << 30), SUCCESS);
            stream = copies.commitStreams().getFirst();
            assertThat(copies.alive()).hasSize(2);
        }

        assertThat(stream.plainBytes()).isEqualTo(3L << 30);
        assertThat(stream.parts()).hasSize(3);
        assertThat(store.written).hasValue(3L << 30);
        assertThat(Runtime.getRuntime().maxMemory()).isLessThan(2L << 30);
    }

    private static HoldfastException failure(MemoryStore... stores) {
        try (BackupCopies copies = open(SMALL, stores)) {
            copies.write(plain(1 << 20), new ByteArrayInputStream(random(50_000)), SUCCESS);
            throw new AssertionError("the run did not fail");
        } catch (HoldfastException e) {
            assertThat(Stream.of(stores).map(store -> store.openUploads.get())).containsOnly(0);
            return e;
        }
    }

    private static List<Manifest.DataStream> write(CopySettings settings, StreamSpec spec, InputStream produced,
            MemoryStore... stores) {
        try (BackupCopies copies = open(settings, stores)) {
            copies.write(spec, produced, SUCCESS);
            List<Manifest.DataStream> streams = copies.commitStreams();
            copies.commitManifest(Attempts.manifest(streams));
            assertThat(copies.lost()).isEmpty();
            return streams;
        }
    }

    private static BackupCopies open(CopySettings settings, MemoryStore... stores) {
        return Attempts.open(settings, stores);
    }

    private static StreamSpec plain(long partBytes) {
        return StreamSpec.data(Attempts.FOLDER, "none", Optional.empty(), partBytes);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static OutputStream inverted(OutputStream out) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                out.write(~b);
            }

            @Override
            public void close() throws IOException {
                out.close();
            }
        };
    }

    /** As many zero bytes as asked for. */
    private static final class Zeros extends InputStream {

        private long left;

        Zeros(long bytes) {
            this.left = bytes;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int step = (int) Math.min(left, length);
            left -= step;
            return step;
        }
    }
}
