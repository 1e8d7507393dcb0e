/** How a service starts, who it is and what it may see. What a service does does not belong here. */
package dev.holdfast.service;
