"""Azure Communication Services on this machine: ``python -m emulators.acs``.

Serves Call Automation, SMS and recordings on loopback as the service does, with a
telephone network behind it, so that anyone can develop against ACS without Azure,
in whatever language. ``python -m emulators.acs --help`` tells the rest. In tests of
Python, ``emulators.phone.PhoneNetwork`` is the same thing without a process.
"""

if __name__ == "__main__":
    from emulators.acs_cli import main

    raise SystemExit(main())
