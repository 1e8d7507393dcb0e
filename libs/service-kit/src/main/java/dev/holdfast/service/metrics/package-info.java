/** The classic metrics of a backup, by their exact names. Where their values come from does not belong here. */
package dev.holdfast.service.metrics;
