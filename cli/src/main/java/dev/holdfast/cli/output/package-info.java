/** How results, progress and failures look on a terminal, in a log file and as JSON. What they say does not belong here. */
package dev.holdfast.cli.output;
