# For fingers that type make; everything is in ./dev.
all:
	./dev build
check:
	./dev test
clean:
	./dev clean
.PHONY: all check clean
