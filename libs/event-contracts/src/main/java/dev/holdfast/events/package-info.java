/** What services say to each other: payload records, their CloudEvents envelope and its codec. No transport belongs here. */
package dev.holdfast.events;
