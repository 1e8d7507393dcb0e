/** Carries a plan out: reads manifests and verifications, asks them again right before each deletion, deletes. Rules do not belong here. */
package dev.holdfast.retention.prune;
