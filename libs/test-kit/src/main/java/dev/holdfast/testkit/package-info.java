/** Real servers and misbehaving doubles for tests. Nothing here is used by the product, and none of its libraries are used here. */
package dev.holdfast.testkit;
