/** The configured repositories, opened once per service with its own credentials. What is done with them does not belong here. */
package dev.holdfast.service.repositories;
