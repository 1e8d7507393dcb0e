package dev.holdfast.service.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads references to secrets, and refuses secrets: whatever stands where a reference belongs is never repeated. */
final class SecretReading {

    static final List<String> FORMS = List.of("env", "file", "tree");

    private final Values values;
    private final Path folder;
    private final Path tree;

    SecretReading(Values values, Path folder, Path tree) {
        this.values = values;
        this.folder = folder;
        this.tree = tree;
    }

    Optional<SecretReference> optional(String path) {
        Optional<Found> literal = values.find(path);
        if (literal.isPresent()) {
            return fromText(path, literal.get().text());
        }
        Map<String, Found> forms = values.below(path);
        if (forms.size() > 1) {
            values.problem(path, "names more than one place: " + String.join(", ", forms.keySet()));
        }
        return forms.entrySet().stream().findFirst()
                .flatMap(form -> reference(path, form.getKey(), form.getValue().text()));
    }

    SecretReference required(String path) {
        if (!values.isThere(path)) {
            values.problem(path, "is missing");
        }
        return optional(path).orElse(new SecretReference.FromEnvironment("?"));
    }

    /** A reference that stands where a plain value may stand too; empty where it is the plain value. */
    Optional<SecretReference> insteadOf(String path) {
        Optional<Found> literal = values.find(path);
        return literal.isPresent() && !isReference(literal.get().text()) ? Optional.empty() : optional(path);
    }

    /** A value that may be a reference written as {@code env:NAME}; else empty. */
    static boolean isReference(String text) {
        return FORMS.stream().anyMatch(form -> text.startsWith(form + ":") && text.length() > form.length() + 1);
    }

    private Optional<SecretReference> fromText(String path, String text) {
        if (!isReference(text)) {
            values.problem(path, "is a secret written out; move it to a variable or a file that only the service reads");
            return Optional.empty();
        }
        String[] parts = text.split(":", 2);
        return reference(path, parts[0], parts[1]);
    }

    private Optional<SecretReference> reference(String path, String form, String target) {
        if (target.isBlank()) {
            values.problem(path, "names nothing");
            return Optional.empty();
        }
        return switch (form) {
            case "env" -> Optional.of(new SecretReference.FromEnvironment(target));
            case "file" -> Optional.of(new SecretReference.FromFile(folder.resolve(target).normalize()));
            default -> Optional.of(new SecretReference.FromFile(tree.resolve(target).normalize()));
        };
    }
}
