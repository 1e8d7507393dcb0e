package dev.holdfast.service.config;

/**
 * One mistake in the configuration.
 *
 * @param path     the key's path, for example {@code databases.shop.keep.age}
 * @param line     line in the file, 0 where it did not come from one
 * @param message  what was found and what is wrong with it, never a secret
 * @param accepted what would be accepted
 */
public record ConfigProblem(String path, int line, String message, String accepted) {

    @Override
    public String toString() {
        return path + (line > 0 ? " (line " + line + ")" : "") + ": " + message
                + (accepted.isEmpty() ? "" : "; accepted: " + accepted);
    }
}
