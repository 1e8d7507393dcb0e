package dev.holdfast.scheduler.api;

import dev.holdfast.service.config.HoldfastConfig;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Asks every call for a bearer token (RFC 6750), those of the actuator too; only the two probes, which say up or down and
 * nothing else, are answered to anybody. Who holds the token is the requester of whatever follows from the call.
 */
public final class TokenHoldersOnly extends OncePerRequestFilter {

    /** The request's attribute that holds the token's name. */
    static final String HOLDER = TokenHoldersOnly.class.getName() + ".holder";

    private static final Logger LOG = LoggerFactory.getLogger(TokenHoldersOnly.class);
    private static final Set<String> PROBES = Set.of("/actuator/health/liveness", "/actuator/health/readiness");
    private static final Set<String> READING = Set.of("GET", "HEAD");
    private static final String SCHEME = "Bearer ";

    private final ApiTokens tokens;
    private final FailedTries failed;
    private final Problems problems;

    TokenHoldersOnly(ApiTokens tokens, FailedTries failed, Problems problems) {
        this.tokens = tokens;
        this.failed = failed;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (PROBES.contains(request.getRequestURI()) && READING.contains(request.getMethod())) {
            chain.doFilter(request, response);
            return;
        }
        String header = request.getHeader("Authorization");
        boolean given = header != null && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        Optional<HoldfastConfig.ApiToken> holder = given ? tokens.holder(header.substring(SCHEME.length()).strip()) : Optional.empty();
        if (holder.isEmpty()) {
            refuse(request, response, given);
        } else if (holder.get().access().equals("read") && !READING.contains(request.getMethod())) {
            problems.write(response, 403, "token-read-only", "the token '" + holder.get().name() + "' may ask, and change nothing",
                    "use a token with access: full");
        } else {
            request.setAttribute(HOLDER, holder.get().name());
            chain.doFilter(request, response);
        }
    }

    /** What was sent is never logged: it may be a token with a typing error. */
    private void refuse(HttpServletRequest request, HttpServletResponse response, boolean given) throws IOException {
        int tries = failed.count(request.getRemoteAddr());
        if (tries <= FailedTries.LOGGED) {
            LOG.warn("refused a call from {} with {}{}", request.getRemoteAddr(), given ? "an unknown token" : "no token",
                    tries == FailedTries.LOGGED ? "; more of this minute are not logged" : "");
        }
        if (tries > FailedTries.ANSWERED) {
            response.setHeader("Retry-After", "60");
            problems.write(response, 429, "too-many-tries", "too many calls without a known token came from this address",
                    "wait a minute; a call with a known token is answered at once");
            return;
        }
        response.setHeader("WWW-Authenticate", given ? "Bearer realm=\"holdfast\", error=\"invalid_token\"" : "Bearer realm=\"holdfast\"");
        problems.write(response, 401, "token-required", given ? "the token is not known" : "the call carries no token",
                "send Authorization: Bearer TOKEN; holdfast token new NAME makes one");
    }
}
