/** From an archive into a PostgreSQL and back into something comparable, always streaming. Where archives come from and what a result is worth do not belong here. */
package dev.holdfast.restore;
