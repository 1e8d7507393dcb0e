/** PostgreSQL's own programs and a private scratch server; the only place that starts them. Repositories do not belong here. */
package dev.holdfast.postgres;
