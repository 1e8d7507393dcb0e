package dev.holdfast.cli.reliability;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * This process's class path as jars only, and the JVM's ahead-of-time cache of it (JEP 483, JEP 514), which takes no folders: a
 * service that is started again and again starts in less than half the time. Making it takes longer than a dozen starts do.
 */
final class ClassCache {

    private final String classPath;
    private final Optional<Path> cache;

    private ClassCache(String classPath, Optional<Path> cache) {
        this.classPath = classPath;
        this.cache = cache;
    }

    /** For few starts. */
    static ClassCache none() {
        return new ClassCache(System.getProperty("java.class.path"), Optional.empty());
    }

    /** For many; the first process that ends in order makes the cache. */
    static ClassCache in(Path folder) {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            entries.add(Files.isDirectory(Path.of(entry)) ? jar(Path.of(entry), folder.resolve("classes-" + entries.size() + ".jar")).toString() : entry);
        }
        return new ClassCache(String.join(File.pathSeparator, entries), Optional.of(folder.resolve("classes.aot")));
    }

    String classPath() {
        return classPath;
    }

    boolean isToBeMade() {
        return cache.isPresent() && !Files.exists(cache.get());
    }

    List<String> options() {
        // Without a word about what can not be kept: it is loaded as ever.
        return cache.map(file -> List.of((isToBeMade() ? "-XX:AOTCacheOutput=" : "-XX:AOTCache=") + file, "-Xlog:aot*=error")).orElse(List.of());
    }

    private static Path jar(Path folder, Path jar) {
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar)); Stream<Path> files = Files.walk(folder)) {
            out.setLevel(0);
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(new JarEntry(folder.relativize(file).toString().replace(File.separatorChar, '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException("packing " + folder, e);
        }
    }
}
