/** Signing and verifying as the Standard Webhooks specification says. What is signed and where it is sent do not belong here. */
package dev.holdfast.notifier.signature;
