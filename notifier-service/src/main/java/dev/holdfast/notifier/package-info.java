/** Starts the notifier and wires its parts. What is told to whom, and how, belongs in the sub-packages. */
package dev.holdfast.notifier;
