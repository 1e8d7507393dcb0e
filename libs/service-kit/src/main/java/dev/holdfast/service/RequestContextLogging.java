package dev.holdfast.service;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/** Puts the service on the log lines of requests: a process may hold several. */
final class RequestContextLogging extends OncePerRequestFilter {

    private final String service;

    RequestContextLogging(String service) {
        this.service = service;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        MDC.put(HoldfastService.LOGGED_SERVICE, service);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(HoldfastService.LOGGED_SERVICE);
        }
    }
}
