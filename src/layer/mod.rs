//! What wraps an end: proxy client, telnet, CR LF, pace.
