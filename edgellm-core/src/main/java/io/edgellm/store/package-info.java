/**
 * Model versions on the disk of a device: installed as a whole or not at all, activated in one
 * step, kept while they are in use.
 */
@NullMarked
package io.edgellm.store;

import org.jspecify.annotations.NullMarked;
