/** What a dump script holds, reduced to counts and hashes, and the differences of two of them. Starting programs does not belong here. */
package dev.holdfast.restore.compare;
