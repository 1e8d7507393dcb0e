/** What the repositories hold, read from them afresh and merged over copies. Nothing here asks Kafka or writes. */
package dev.holdfast.cli.catalog;
