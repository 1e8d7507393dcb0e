/** When: policies become requests, requests are accepted, and what is known of runs and backups is told. Making, proving and deleting backups does not belong here. */
package dev.holdfast.scheduler;
