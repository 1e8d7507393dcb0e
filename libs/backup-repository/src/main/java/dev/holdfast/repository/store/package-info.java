/** Where objects lie: files or S3. What they mean (backups, manifests) does not belong here. */
package dev.holdfast.repository.store;
