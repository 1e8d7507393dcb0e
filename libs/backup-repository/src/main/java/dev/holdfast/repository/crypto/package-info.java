/** OpenPGP as stock gpg reads it: keys, encryption, decryption. Where bytes are stored does not belong here. */
package dev.holdfast.repository.crypto;
