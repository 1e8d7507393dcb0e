/** The documents of a repository and their JSON. How they are stored does not belong here. */
package dev.holdfast.repository.manifest;
