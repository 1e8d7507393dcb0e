/** A broker and the five services in this process, for evaluation. What a service does does not belong here. */
package dev.holdfast.cli.platform;
