/**
 * The requests of one case that wait for a reply of the same agency at the same time, unless its
 * registration says otherwise: a case of hundreds of steps must not keep an agency from the others.
 */
export const MAX_IN_FLIGHT = 16;
