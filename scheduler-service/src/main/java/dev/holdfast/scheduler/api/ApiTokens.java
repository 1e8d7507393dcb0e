package dev.holdfast.scheduler.api;

import dev.holdfast.service.config.HoldfastConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Tells whose token was sent. Tokens are random and long, so a plain SHA-256 of them is as good as kept secret; every hash is
 * compared in full, so that the time it takes says nothing.
 */
final class ApiTokens {

    private record Known(HoldfastConfig.ApiToken token, byte[] hash) {
    }

    private final List<Known> known;

    ApiTokens(List<HoldfastConfig.ApiToken> tokens) {
        this.known = tokens.stream().map(token -> new Known(token, HexFormat.of().parseHex(token.sha256()))).toList();
    }

    boolean isEmpty() {
        return known.isEmpty();
    }

    Optional<HoldfastConfig.ApiToken> holder(String token) {
        byte[] given = sha256(token);
        HoldfastConfig.ApiToken found = null;
        for (Known one : known) {
            if (MessageDigest.isEqual(one.hash(), given)) {
                found = one.token();
            }
        }
        return Optional.ofNullable(found);
    }

    private static byte[] sha256(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
