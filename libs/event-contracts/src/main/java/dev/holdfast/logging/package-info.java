/** What every line of a log says, on whatever thread it is written. How logs are formatted and where they go does not belong here. */
package dev.holdfast.logging;
