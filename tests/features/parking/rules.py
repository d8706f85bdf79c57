"""What is fixed about parking."""

PROGRAM = f"{__package__}.plate_program"
LARGEST = 512 * 1024  # bytes: a photo of a plate
SOON = "parking.soon"  # the rule by which a permit asks for attention
