/** The one shape of a failure: kind, stable code, message, next step. Nothing here knows where it happened. */
package dev.holdfast.failure;
