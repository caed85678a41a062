/**
 * How a process connects to Temporal through the client, which uses grpc-js. Without these options
 * grpc-js waits up to two minutes after a long outage before it connects again.
 */

/** For a connection that is kept: it is tried again within two seconds. */
export const RECONNECT_SOON = {
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
} as const;

/**
 * For a connection that is opened to see whether a new one works. Otherwise it would share the
 * connections, and the waits after failures, of those that the process opened before.
 */
export const SHARE_NOTHING = { 'grpc.use_local_subchannel_pool': 1 } as const;
