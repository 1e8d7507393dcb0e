/** How a status looks in text. What it says is the scheduler's business, and how lines reach a terminal the output's. */
package dev.holdfast.cli.status;
