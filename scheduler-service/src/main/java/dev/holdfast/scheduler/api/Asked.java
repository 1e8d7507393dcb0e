package dev.holdfast.scheduler.api;

import dev.holdfast.failure.FailureKind;
import dev.holdfast.failure.HoldfastException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.regex.Pattern;

/** Who asks for a change and why: the body of every call that changes something. */
record Asked(String requester, String reason) {

    /** No control, format or surrogate character: what is told is shown on terminals and written to logs. */
    private static final Pattern TEXT = Pattern.compile("[^\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029]*");

    /** The name of the token that the call was made with; only where none is needed, what the body says. */
    String requester(HttpServletRequest call) {
        return call.getAttribute(TokenHoldersOnly.HOLDER) instanceof String holder ? holder : text("requester", requester, "api");
    }

    String reason(String otherwise) {
        return text("reason", reason, otherwise);
    }

    String requiredReason() {
        if (reason == null) {
            throw new HoldfastException(FailureKind.PERMANENT, "bad-request", "'reason' is missing",
                    "say why in 1 to 200 printable characters; whoever finds it stopped will want to know");
        }
        return reason(null);
    }

    private static String text(String field, String given, String otherwise) {
        if (given != null && (given.isBlank() || given.length() > 200 || !TEXT.matcher(given).matches())) {
            throw new HoldfastException(FailureKind.PERMANENT, "bad-request", "'" + field + "' has " + given.length()
                    + " characters or a control character", "send 1 to 200 printable characters, or leave it out");
        }
        return given == null ? otherwise : given;
    }
}
