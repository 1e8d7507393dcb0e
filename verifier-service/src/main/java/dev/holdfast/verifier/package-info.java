/** The verifier as a service: its queue, its log reader, its sweep and what it tells. How a proof is made does not belong here. */
package dev.holdfast.verifier;
