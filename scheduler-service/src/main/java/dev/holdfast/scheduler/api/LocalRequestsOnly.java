package dev.holdfast.scheduler.api;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Keeps web pages out: a page whose name was rebound to 127.0.0.1 sends its own name as {@code Host}, and one that posts
 * across sites sends its {@code Origin}. Together with the JSON content type, which no plain form can send, nothing that
 * a browser does on a stranger's behalf gets through.
 */
public final class LocalRequestsOnly extends OncePerRequestFilter {

    private static final Pattern LOCAL =
            Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);

    private final Problems problems;

    LocalRequestsOnly(Problems problems) {
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String host = request.getHeader("Host");
        String origin = request.getHeader("Origin");
        if (host == null || !LOCAL.matcher(host).matches()) {
            problems.write(response, 421, "host-not-local", "the request is for the host '" + shown(host) + "', not for this machine",
                    "call the API as localhost, 127.0.0.1 or [::1]");
        } else if (origin != null && !isLocal(origin)) {
            problems.write(response, 403, "origin-not-local", "a page of '" + shown(origin) + "' made the request",
                    "call the API from this machine, not from a web page");
        } else {
            chain.doFilter(request, response);
        }
    }

    private static boolean isLocal(String origin) {
        try {
            String authority = new URI(origin).getAuthority();
            return authority != null && LOCAL.matcher(authority).matches();
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static String shown(String text) {
        return text == null ? "" : text.replaceAll("[^\\x20-\\x7e]", "?").substring(0, Math.min(text.length(), 100));
    }
}
