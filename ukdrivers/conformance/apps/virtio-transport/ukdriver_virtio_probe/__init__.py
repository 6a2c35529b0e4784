"""Driver `virtio-probe`: hands virtio devices to the application that looks at them."""
